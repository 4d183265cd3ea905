using Hybrid.Models.Publishing;
using Spectre.Console;

namespace Hybrid.Stack.Commands.Models;

/// <summary>Shows work over files: bars on a terminal, some lines elsewhere.</summary>
internal static class ConsoleProgress
{
    public static Task<T> ShowAsync<T>(TextWriter output, Func<IFileProgress, Task<T>> work) =>
        Console.IsOutputRedirected ? work(new LineFileProgress(output)) : ShowBarsAsync(AnsiConsole.Console, work);

    /// <summary>A bar for the phase, and one for each file that is at work in it.</summary>
    internal static Task<T> ShowBarsAsync<T>(IAnsiConsole console, Func<IFileProgress, Task<T>> work) =>
        new Progress(console)
            .HideCompleted(true)
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new DownloadedColumn { Base = FileSizeBase.Decimal },
                new TransferSpeedColumn { Base = FileSizeBase.Decimal },
                new RemainingTimeColumn())
            .StartAsync(context => work(new BarFileProgress(context)));
}
