namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>The database cannot be opened, read or written. The message says which file and what to do.</summary>
internal sealed class DurableStoreException(string message, Exception? cause = null) : Exception(message, cause);
