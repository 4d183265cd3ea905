namespace Hybrid.Stack;

/// <summary>The stack could not do what was asked; the message is for a person and says the way out.</summary>
public sealed class StackException(string message) : Exception(message);
