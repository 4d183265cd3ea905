namespace Hybrid.LocalHost.Durable.History;

/// <summary>Failures that the engine itself reports, under the error types that the Durable Task SDK gives them where it has them.</summary>
internal static class Failures
{
    public const string NonDeterminism = "DurableTask.Core.Exceptions.NonDeterministicOrchestrationException";

    public static Failure OrchestratorNotFound(string name) =>
        new("OrchestratorTaskNotFound", $"No orchestrator task named '{name}' was found.", NonRetriable: true);

    public static Failure ActivityNotFound(string name) =>
        new("ActivityTaskNotFound", $"No activity task named '{name}' was found.", NonRetriable: true);

    public static Failure NonDeterministic(string what) => new(
        NonDeterminism,
        $"The orchestrator did not repeat its history: {what}. Was its code changed while the instance ran, or does it use a clock, a random number, I/O or another thread?",
        NonRetriable: true);

    public static Failure NotDurable() => new(
        typeof(InvalidOperationException).FullName!,
        "The orchestrator awaits something that is not durable: it may only await tasks of its context (no Task.Delay, Task.Run, I/O or ConfigureAwait(false)).",
        NonRetriable: true);

    public static Failure HistoryTooLong(int events, int limit) => new(
        "HistoryTooLong",
        $"The history would have {events} events; the limit is {limit} (Durable:MaxHistoryEvents). Use ContinueAsNew, or shard the work over sub-orchestrations.",
        NonRetriable: true);

    public static Failure PayloadTooLarge(string what, int characters, int limit) => new(
        "PayloadTooLarge",
        $"{what} has {characters} characters of JSON; the limit is {limit} (Durable:MaxPayloadCharacters). Pass a reference to a blob instead.",
        NonRetriable: true);

    public static Failure SubOrchestrationTerminated(string instanceId) =>
        new("OrchestrationTerminated", $"The sub-orchestration '{instanceId}' was terminated.");

    public static Failure SubOrchestrationExists(string instanceId) => new(
        "DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException",
        $"An orchestration with the instance id '{instanceId}' is already running.");
}
