using System.CommandLine;
using Hybrid.Stack.Calls;

namespace Hybrid.Stack.Commands;

/// <summary>Starts the stack and stays until Ctrl-C.</summary>
internal static class UpCommand
{
    public static Command Create() =>
        StackCommand.Create("up", "Start everything, index the handbook, print calls to paste, and stay until Ctrl-C.", RunAsync);

    private static async Task RunAsync(StackOptions options, Narrator narrator, CancellationToken cancellationToken)
    {
        var stack = await LocalStack.StartAsync(options, narrator, cancellationToken);
        try
        {
            using (var api = new ApiCalls(stack.LocalHost.Url, stack.ApiKey))
            {
                await Handbook.IndexAsync(api, narrator, cancellationToken);
            }

            PrintCalls(narrator, stack);
            await StayAsync(stack, cancellationToken);
        }
        finally
        {
            narrator.Report("stopping");
            await stack.DisposeAsync();
            narrator.Report("stopped");
        }
    }

    /// <summary>Returns on Ctrl-C; a part that ends by itself is a failure.</summary>
    private static async Task StayAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
                if (stack.Parts.FirstOrDefault(part => part.HasExited) is { } ended)
                {
                    throw new StackException($"{ended.Name} ended by itself; its log is {ended.LogPath}.");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how one leaves.
        }
    }

    private static void PrintCalls(Narrator narrator, LocalStack stack)
    {
        var url = stack.LocalHost.Url.GetLeftPart(UriPartial.Authority);
        narrator.Print($"""

              API key: {stack.ApiKey.Key}

              Paste these, the first line first:

              export HYBRID_API_KEY={stack.ApiKey.Key}

              curl -s {url}/v1/chat/completions -H "Authorization: Bearer $HYBRID_API_KEY" -H "Content-Type: application/json" \
                -d '{Handbook.ChatBody}'

              curl -s {url}/v1/rerank -H "Authorization: Bearer $HYBRID_API_KEY" -H "Content-Type: application/json" \
                -d '{Handbook.RerankBody}'

              curl -s {url}/v1/pipelines/rag -H "Authorization: Bearer $HYBRID_API_KEY" -H "Content-Type: application/json" \
                -d '{Handbook.RagBody}'

              The last one answers 202 at once; its statusQueryGetUri has the answer a second later (with the same Authorization header).

            Ctrl-C stops everything. Logs are in {Path.Combine(stack.Options.Data, "logs")}.
            """);
    }
}
