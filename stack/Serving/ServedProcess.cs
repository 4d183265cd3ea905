using Hybrid.Stack.Processes;

namespace Hybrid.Stack.Serving;

/// <summary>A program that serves HTTP on a loopback port of its own, and keeps that port when it is started again.</summary>
public sealed class ServedProcess : IAsyncDisposable
{
    /// <summary>Longer than the slowest start seen: a GPU host that stages and warms its models on two busy cores.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);

    private readonly StackOptions _options;
    private readonly ServedProgram _program;
    private ChildProcess? _process;

    private ServedProcess(StackOptions options, ServedProgram program, Uri url)
    {
        _options = options;
        _program = program;
        Url = url;
    }

    public Uri Url { get; }

    public ChildProcess Process => _process ?? throw new InvalidOperationException($"{_program.Name} was never started.");

    /// <summary>Starts the program and waits until it is ready.</summary>
    /// <exception cref="StackException">It is not built, ended, or was not ready in time; then it does not run.</exception>
    public static async Task<ServedProcess> StartAsync(
        StackOptions options, ServedProgram program, Narrator narrator, CancellationToken cancellationToken)
    {
        var port = Ports.Pick(program.PreferredPort, program.Name, narrator);
        var served = new ServedProcess(options, program, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await served.StartAsync(cancellationToken);
            return served;
        }
        catch
        {
            await served.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the program again after it ended, however it ended, and waits until it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync();
        var dll = Path.Combine(_options.Programs, _program.Project, "release", _program.Project + ".dll");
        if (!File.Exists(dll))
        {
            throw new StackException($"{_program.Project} is not built: run ./hybrid, which builds it.");
        }

        var logs = Path.Combine(_options.Data, "logs");
        _process = ChildProcess.Start(
            _program.Name, logs, "dotnet", [dll], [new(_program.UrlSetting, Url.GetLeftPart(UriPartial.Authority)), .. _program.Settings]);
        await _process.WaitAsync(token => ServingCalls.IsOkAsync(new Uri(Url, _program.ReadyRoute), token), StartTimeout, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }
}
