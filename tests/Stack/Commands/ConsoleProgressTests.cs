using Hybrid.Stack.Commands.Models;
using Spectre.Console;

namespace Hybrid.Stack.Tests.Commands;

public sealed class ConsoleProgressTests
{
    [Fact]
    public async Task Bars_OnATerminal_ShowThePhaseAndItsFiles()
    {
        var screen = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(screen),
        });
        console.Profile.Width = 120;

        await new Progress(console).AutoRefresh(false).StartAsync(context =>
        {
            var progress = new BarFileProgress(context);
            progress.Begin("uploading", 400);
            progress.File("[odd].bin", 0);
            var (first, second) = (progress.File("model.onnx", 200), progress.File("model.onnx_data", 200));
            first.Report(150);
            first.Report(100);
            second.Report(200);
            context.Refresh();
            return Task.CompletedTask;
        });

        var lines = screen.ToString().Split('\n');
        Assert.Contains(lines, line => line.Contains("uploading", StringComparison.Ordinal) && line.Contains("75%", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("model.onnx ", StringComparison.Ordinal) && line.Contains("50%", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("[odd].bin", StringComparison.Ordinal) && line.Contains("100%", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_ElsewhereThanOnATerminal_ComeAtEachQuarterOnce()
    {
        var log = new StringWriter { NewLine = "\n" };
        var progress = new LineFileProgress(log);

        progress.Begin("hashing", 0);
        progress.Begin("uploading", 1_000_000);
        var (small, large) = (progress.File("small", 200_000), progress.File("large", 800_000));
        small.Report(200_000);
        large.Report(50_000);
        large.Report(40_000);
        large.Report(60_000);
        large.Report(800_000);

        Assert.Equal(
            """
            hashing 0.0 kB
            uploading 1.0 MB
            uploading 0.3 MB, 25 %
            uploading 1.0 MB, 100 %

            """.ReplaceLineEndings("\n"),
            log.ToString());
    }
}
