using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Hybrid.Testing;

/// <summary>Keeps what a program logs as an error, so that a test which did not expect it fails.</summary>
/// <param name="expected">Event ids of errors that belong to the test.</param>
public sealed class NoErrorsLoggerProvider(params int[] expected) : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _errors = [];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <exception cref="InvalidOperationException">An error was logged that nobody expected; the message has all of them.</exception>
    public void Verify()
    {
        if (!_errors.IsEmpty)
        {
            throw new InvalidOperationException("Unexpected errors were logged:\n" + string.Join("\n", _errors));
        }
    }

    public void Dispose()
    {
    }

    private sealed class Logger(NoErrorsLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && !provider.Expects(eventId.Id))
            {
                provider._errors.Enqueue($"{category}[{eventId.Id}] {formatter(state, exception)}\n{exception}");
            }
        }
    }

    private bool Expects(int eventId) => expected.Contains(eventId);
}
