using System.Collections.Concurrent;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Execution;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Models;
using Microsoft.ML.OnnxRuntime;

[assembly: AssemblyFixture(typeof(ModelRepository))]

namespace Hybrid.GpuHost.Tests.Execution;

/// <summary>The demo and bench models, opened as a lane has them, without a host around.</summary>
public sealed class ModelRepository : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly ConcurrentDictionary<string, Lazy<OrtEngine>> _engines = new();

    public OrtEngine Open(string name) => _engines.GetOrAdd(name, key => new Lazy<OrtEngine>(() => OpenAnew(key))).Value;

    /// <summary>An engine of the caller's own.</summary>
    public OrtEngine OpenAnew(string name) => new(new InferenceSession(ModelFolder.FindOnnx(FolderOf(name))), ExecutionDevice.Cpu);

    public string FolderOf(string name) => _folder.Combine(name, "1");

    public ModelDescription Describe(string name) => ModelFolder.Describe(new ModelId(name, 1), FolderOf(name), Open(name).Signature);

    public async ValueTask InitializeAsync()
    {
        await DemoModels.WriteAsync(_folder.Path, new Progress<string>(), CancellationToken.None);
        await BenchModels.WriteAsync(_folder.Path, new Progress<string>(), CancellationToken.None);
        Graphs.WriteLying(_folder.Path, "lying");
        Graphs.WriteNegation(_folder.Path, "negation");
        Graphs.WriteSlow(_folder.Path, "slow");
    }

    public ValueTask DisposeAsync()
    {
        foreach (var engine in _engines.Values)
        {
            engine.Value.Dispose();
        }

        _folder.Dispose();
        return default;
    }
}
