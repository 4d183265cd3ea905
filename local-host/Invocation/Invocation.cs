namespace Hybrid.LocalHost.Invocation;

/// <summary>What a trigger brings to one invocation.</summary>
/// <param name="TriggerValue">The value of the trigger's parameter.</param>
/// <param name="CancellationToken">Fires when nobody needs the result any more, or the host stops.</param>
internal sealed record Invocation(object? TriggerValue, CancellationToken CancellationToken)
{
    /// <summary>What <c>FunctionContext.BindingContext</c> shows, under the names that the Functions host uses.</summary>
    public IReadOnlyDictionary<string, object?> BindingData { get; init; } = NoData;

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    /// <summary>Runs instead of the function itself, inside the middleware; for triggers that call the function by and by.</summary>
    public Func<LocalFunctionContext, Task>? Execute { get; init; }

    private static readonly Dictionary<string, object?> NoData = [];
}
