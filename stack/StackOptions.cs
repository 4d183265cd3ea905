namespace Hybrid.Stack;

/// <summary>Where a stack finds its programs, and where it may write.</summary>
/// <param name="Programs">The folder of built programs, one subfolder a project.</param>
/// <param name="NodeModules">The folder of npm packages.</param>
/// <param name="Data">Everything the stack writes: blobs, the durable database, models, logs. Deleting it starts afresh.</param>
public sealed record StackOptions(string Programs, string NodeModules, string Data)
{
    /// <summary>Where models wait before they are published to the blob container; shared by stacks of one machine.</summary>
    public string Models { get; init; } = Path.Combine(Data, "models");

    /// <summary>The ports that are tried first; a taken one is replaced by a free one, and said.</summary>
    public StackPorts Ports { get; init; } = new();

    /// <summary>How many GPU hosts to start. 1: a laptop has one device, and a second host would only share it.</summary>
    public int GpuHosts { get; init; } = 1;

    /// <summary>Further settings for every process, in the form of environment variables (<c>Section__Name</c>).</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// A repository's own folders, found from the running program upwards: programs in <c>artifacts/bin</c>, data in <c>.hybrid</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The program does not run from within a built checkout.</exception>
    public static StackOptions OfCheckout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hybrid.sln")))
        {
            folder = folder.Parent;
        }

        var root = folder?.FullName
            ?? throw new InvalidOperationException("No Hybrid.sln above this program: run it through ./hybrid in a checkout.");
        return new StackOptions(
            Path.Combine(root, "artifacts", "bin"), Path.Combine(root, "node_modules"), Path.Combine(root, ".hybrid"));
    }
}

/// <summary>Preferred loopback ports. 0: any free one.</summary>
/// <param name="Api">The HTTP API; 7071 as the Azure Functions tools have it.</param>
/// <param name="GpuHost">The first GPU host; further ones follow.</param>
/// <param name="Blob">Azurite's own default.</param>
/// <param name="Queue">Azurite's own default.</param>
/// <param name="Table">Azurite's own default.</param>
public sealed record StackPorts(int Api = 7071, int GpuHost = 8090, int Blob = 10000, int Queue = 10001, int Table = 10002)
{
    /// <summary>Any free ports: for tests, which run beside each other.</summary>
    public static StackPorts Free { get; } = new(0, 0, 0, 0, 0);
}
