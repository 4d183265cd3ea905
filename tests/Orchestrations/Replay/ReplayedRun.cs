using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;

namespace Hybrid.Orchestrations.Tests.Replay;

/// <summary>
/// Runs an orchestrator as a durable backend does, in simulated time: after every event the orchestrator is run again from
/// its beginning over the whole history, and must ask for exactly what it asked for before.
/// </summary>
internal sealed class ReplayedRun<TInput, TOutput>(TaskOrchestrator<TInput, TOutput> orchestrator)
{
    public static readonly DateTime Begin = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly List<Happened> _history = [];
    private readonly Dictionary<string, Func<int, string, Work>> _workers = [];
    private readonly Dictionary<int, Work> _running = [];
    private readonly Dictionary<string, int> _calls = [];

    /// <summary>What the orchestrator asked for in the last replay.</summary>
    public IReadOnlyList<Asked> Actions { get; private set; } = [];

    public IReadOnlyList<string> CustomStatuses { get; private set; } = [];

    /// <summary>How long the run took in simulated time.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>Payloads that went into history.</summary>
    public IEnumerable<string> Payloads => Actions.Select(action => action.Input).Concat(_history.Select(happened => happened.Result)).OfType<string>();

    public int Calls(string name) => _calls.GetValueOrDefault(name);

    /// <summary>Says what an activity (or a sub-orchestration) does: given its call, from 1, and its input.</summary>
    public ReplayedRun<TInput, TOutput> On<TArgument>(string name, Func<int, TArgument, Work> work)
    {
        _workers[name] = (call, input) => work(call, JsonDataConverter.Default.Deserialize<TArgument>(input)!);
        return this;
    }

    public async Task<TOutput> RunAsync(TInput input)
    {
        var serialized = JsonDataConverter.Default.Serialize(input)!;
        while (true)
        {
            var context = new ReplayContext(Begin, serialized);
            var output = orchestrator.RunAsync(context, context.GetInput<TInput>()!);
            foreach (var happened in _history)
            {
                context.Apply(happened);
            }

            AssertSameBeginning(Actions, context.Actions);
            (Actions, CustomStatuses, Took) = (context.Actions, context.CustomStatuses, context.Now - Begin);
            if (output.IsCompleted)
            {
                return await output;
            }

            _history.Add(Next(context.Actions));
        }
    }

    private Happened Next(List<Asked> actions)
    {
        var done = _history.Select(happened => happened.Action).ToHashSet();
        var next = Enumerable.Range(0, actions.Count)
            .Where(action => !done.Contains(action) && !actions[action].IsCancelled)
            .Select(action => End(action, actions[action]))
            .MinBy(happened => happened.At) ?? throw new InvalidOperationException("The orchestrator waits for nothing.");
        return next.At < DateTime.MaxValue ? next : throw new InvalidOperationException("The orchestrator waits for what never comes.");
    }

    private Happened End(int action, Asked asked)
    {
        if (asked.Due is { } due)
        {
            return new Happened(action, due > asked.At ? due : asked.At, null, null);
        }

        if (!_running.TryGetValue(action, out var work))
        {
            _calls[asked.Name] = Calls(asked.Name) + 1;
            _running[action] = work = _workers[asked.Name](Calls(asked.Name), asked.Input!);
        }

        var at = work.Takes == Timeout.InfiniteTimeSpan ? DateTime.MaxValue : asked.At + work.Takes;
        return new Happened(action, at, JsonDataConverter.Default.Serialize(work.Result), work.Failure);
    }

    private static void AssertSameBeginning(IReadOnlyList<Asked> before, List<Asked> now)
    {
        for (var i = 0; i < before.Count; i++)
        {
            Assert.Equal(before[i] with { IsCancelled = false }, now[i] with { IsCancelled = false });
        }
    }
}

/// <summary>What an activity does when it is called.</summary>
internal sealed record Work(TimeSpan Takes, object? Result, TaskFailureDetails? Failure)
{
    public static Work Returns(object result, double milliseconds = 10) => new(TimeSpan.FromMilliseconds(milliseconds), result, null);

    public static Work Fails(Exception exception, int milliseconds = 10) =>
        new(TimeSpan.FromMilliseconds(milliseconds), null, TaskFailureDetails.FromException(exception));

    /// <summary>A host that hangs, or a process that died with it.</summary>
    public static Work Hangs { get; } = new(Timeout.InfiniteTimeSpan, null, null);
}
