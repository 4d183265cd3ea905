using System.Collections;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.LocalHost.Invocation;

/// <summary>One invocation of a function.</summary>
internal sealed class LocalFunctionContext(LocalFunction function, Invocation invocation, IServiceProvider services) : FunctionContext
{
    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => function.Definition.Id;

    public override TraceContext TraceContext { get; } = new Trace(invocation.TraceParent, invocation.TraceState);

    public override BindingContext BindingContext { get; } = new Data(invocation.BindingData);

    public override RetryContext RetryContext { get; } = new NoRetries();

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override FunctionDefinition FunctionDefinition => function.Definition;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features { get; } = new InvocationFeatures();

    public override CancellationToken CancellationToken => invocation.CancellationToken;

    /// <summary>What the trigger delivers: a request, a message, an orchestrator's context, an activity's input.</summary>
    public object? TriggerValue { get; set; } = invocation.TriggerValue;

    /// <summary>What the function returned.</summary>
    public object? Result { get; private set; }

    /// <summary>The innermost step of the pipeline.</summary>
    public async Task ExecuteAsync()
    {
        if (invocation.Execute is { } execute)
            await execute(this);
        else
            Result = await InvokeFunctionAsync();
    }

    public ValueTask<object?> InvokeFunctionAsync() => function.InvokeAsync(this);

    private sealed class Trace(string? parent, string? state) : TraceContext
    {
        public override string TraceParent => parent ?? "";

        public override string TraceState => state ?? "";
    }

    private sealed class Data(IReadOnlyDictionary<string, object?> values) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => values;
    }

    // Retry attributes on functions are not supported here: the queue and the orchestrations retry.
    private sealed class NoRetries : RetryContext
    {
        public override int RetryCount => 0;

        public override int MaxRetryCount => 0;
    }

    private sealed class InvocationFeatures : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> _features = [];

        public void Set<T>(T instance) => _features[typeof(T)] = instance!;

        public T? Get<T>() => _features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
