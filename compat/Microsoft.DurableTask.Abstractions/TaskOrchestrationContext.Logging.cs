using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask;

public abstract partial class TaskOrchestrationContext
{
    private ReplaySafeFactory? _replaySafeLoggerFactory;

    /// <summary>Makes loggers that are silent during replay, so that every line appears once.</summary>
    public virtual ILoggerFactory ReplaySafeLoggerFactory => _replaySafeLoggerFactory ??= new ReplaySafeFactory(this);

    public virtual ILogger CreateReplaySafeLogger(string categoryName) => new ReplaySafeLogger(this, Unwrapped().CreateLogger(categoryName));

    public virtual ILogger CreateReplaySafeLogger(Type type) => new ReplaySafeLogger(this, Unwrapped().CreateLogger(type));

    public virtual ILogger CreateReplaySafeLogger<T>() => new ReplaySafeLogger(this, Unwrapped().CreateLogger<T>());

    /// <summary>A context that wraps another hands out the other's replay-safe factory: twice silent would also be right, but slower.</summary>
    private ILoggerFactory Unwrapped()
    {
        const int MaxDepth = 10;
        var factory = LoggerFactory;
        for (var depth = 0; factory is ReplaySafeFactory wrapper; depth++)
        {
            if (depth == MaxDepth)
                throw new InvalidOperationException("LoggerFactory refers to this context's own ReplaySafeLoggerFactory; it must delegate to the wrapped context's.");
            factory = wrapper.Underlying;
        }

        return factory;
    }

    private sealed class ReplaySafeLogger(TaskOrchestrationContext context, ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!context.IsReplaying)
                logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }

    private sealed class ReplaySafeFactory(TaskOrchestrationContext context) : ILoggerFactory
    {
        public ILoggerFactory Underlying => context.LoggerFactory;

        public ILogger CreateLogger(string categoryName) => new ReplaySafeLogger(context, context.Unwrapped().CreateLogger(categoryName));

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Providers are added to the underlying logger factory.");

        public void Dispose()
        {
        }
    }
}
