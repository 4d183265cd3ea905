using System.CommandLine;
using System.Globalization;
using Hybrid.Stack.Calls;

namespace Hybrid.Stack.Commands;

/// <summary>Starts the stack, asks one question about the handbook, prints the answer and where the time went, and stops everything.</summary>
internal static class DemoCommand
{
    private const string Question = "What happens to requests when a new version of a model is published?";

    public static Command Create() =>
        StackCommand.Create("demo", "Start everything, index the handbook, ask it one question, print the answer, stop.", RunAsync);

    private static async Task RunAsync(StackOptions options, Narrator narrator, CancellationToken cancellationToken)
    {
        var stack = await LocalStack.StartAsync(options, narrator, cancellationToken);
        try
        {
            using var api = new ApiCalls(stack.LocalHost.Url, stack.ApiKey);
            await Handbook.IndexAsync(api, narrator, cancellationToken);

            narrator.Report($"asking: {Question}");
            Print(narrator, await api.AskAsync(Handbook.Collection, Question, cancellationToken));
        }
        finally
        {
            await stack.DisposeAsync();
            narrator.Report("stopped");
        }
    }

    private static void Print(Narrator narrator, Answer answer)
    {
        narrator.Print();
        narrator.Print($"  question  {Question}");
        narrator.Print($"  answer    {answer.Text}");
        foreach (var source in answer.Sources.Take(1))
        {
            narrator.Print(string.Create(CultureInfo.InvariantCulture, $"  source    {source.Id} “{source.Title}” (score {source.Score:0.00})"));
            narrator.Print($"            {source.Text}");
        }

        narrator.Print($"  time      {string.Join(", ", answer.Stages.Select(stage => string.Create(CultureInfo.InvariantCulture, $"{stage.Name} {stage.Milliseconds:0} ms")))}");
        narrator.Print();
    }
}
