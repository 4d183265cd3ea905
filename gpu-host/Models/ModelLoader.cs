using System.Collections.Concurrent;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Calibration;
using Hybrid.GpuHost.Execution.Optimized;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Models.Configuration;
using Hybrid.GpuHost.Models.Golden;
using Hybrid.GpuHost.Models.Lifecycle;
using Hybrid.GpuHost.Models.Warmup;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tensors;
using Hybrid.GpuHost.Tokenization;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Models;

/// <summary>
/// Makes a folder into a model that is ready to serve:
/// <list type="number">
/// <item>Open the graph, in the way of using the processor that is known to be best, or is found out now.</item>
/// <item>Read what it is for, and make its instances.</item>
/// <item>Warm each of them up, and ask what the publisher knows the answers to.</item>
/// <item>Build its paths, whose threads begin here.</item>
/// </list>
/// A load that fails in any of them leaves nothing behind.
/// </summary>
public sealed class ModelLoader(
    EngineFactory engines,
    OptimizedModels optimized,
    PlanCalibration calibration,
    ModelConfigurations configurations,
    SharedTokenizers tokenizers,
    IOptions<AdaptiveLimiterOptions> limiter,
    GeneratePaths generation,
    HostTelemetry telemetry,
    ILogger<ModelAdmission> admissionLogger,
    TimeProvider time)
{
    // What a busy host of short texts computes.
    private const int CalibrationTokens = 32;

    // Of each model that was loaded; what is best for one version mostly is for the next.
    private readonly ConcurrentDictionary<string, ExecutionPlan> _plans = new(StringComparer.Ordinal);

    /// <summary>Blocks for as long as ONNX Runtime needs to read and optimise the graph.</summary>
    /// <param name="id">The version.</param>
    /// <param name="folder">Where its files are.</param>
    /// <param name="mayMeasure">False: other models are serving, and a calibration would take all cores from them for seconds.</param>
    /// <param name="cancellationToken">Ends the runs that warm it up.</param>
    /// <exception cref="InvalidDataException">The folder cannot be served; the message says why.</exception>
    public LoadedModel Load(ModelId id, string folder, bool mayMeasure = true, CancellationToken cancellationToken = default)
    {
        // 1
        var configuration = configurations.Read(id, folder);
        var path = ModelFolder.FindOnnx(folder);

        // Made here where it is not there yet; all that opens the model finds it.
        LowPriorityThread.Run(() => optimized.PathFor(path));
        var plan = calibration.Begin(path, configuration.InstanceCount, _plans.TryGetValue(id.Name, out var known) ? known : null);
        var engine = Open(path, plan);
        SharedTokenizer? shared = null;
        ModelMetrics? metrics = null;
        try
        {
            // 2
            var description = ModelFolder.Describe(id, folder, engine.Signature);
            metrics = new ModelMetrics(telemetry, id, time);
            shared = description.Task == ModelTask.Infer ? null : LowPriorityThread.Run(() => tokenizers.Take(folder));
            if (mayMeasure && calibration.IsNeeded(path, configuration.InstanceCount) && BatchOf(description, shared?.Tokenizer) is { } batch)
            {
                plan = calibration.Measure(id, path, configuration.InstanceCount, Math.Min(CalibrationTokens, description.MaxTokens), batch);
                engine.Dispose();
                engine = Open(path, plan);
            }

            configuration = configuration.With(plan);
            var instances = configuration.InstanceCount ?? plan.Instances;
            metrics.HasInstances(instances);
            var admission = new ModelAdmission(id, limiter.Value, time, admissionLogger);
            var paths = PathsOf(description, configuration, plan, instances, engine, shared, metrics, cancellationToken);
            _plans[id.Name] = plan;
            return new LoadedModel(description, engine, metrics, admission, paths);
        }
        catch
        {
            metrics?.Dispose();
            shared?.Dispose();
            engine.Dispose();
            throw;
        }
    }

    private IInferenceEngine Open(string path, ExecutionPlan plan) => GivingWay(plan, () => engines.Open(path, plan));

    // A session of several threads starts them as it is opened, and they would have the priority of whoever opens it for good.
    private T GivingWay<T>(ExecutionPlan plan, Func<T> work) =>
        plan.Threads == 1 && engines.Device.Provider == ExecutionProvider.Cpu ? LowPriorityThread.Run(work) : work();

    // Only encoders: a decoder computes all its sequences in one run, and what raw tensors a model takes is not known. Null: not one of them.
    private static Func<IInferenceEngine, int, Action<CancellationToken>>? BatchOf(ModelDescription model, HfTokenizer? tokenizer)
    {
        var ids = Enumerable.Repeat(tokenizer?.PadTokenId ?? 0, Math.Min(CalibrationTokens, Math.Max(1, model.MaxTokens))).ToArray();
        return model.Task switch
        {
            ModelTask.Embed => (engine, rows) => Lane(new EmbedRunner(engine, model, tokenizer!.PadTokenId), rows),
            ModelTask.Rerank => (engine, rows) => Lane(new RerankRunner(engine, tokenizer!.PadTokenId), rows),
            _ => null,
        };

        Action<CancellationToken> Lane<TResult>(IBatchRunner<EncodedText, TResult> runner, int rows)
        {
            var texts = Enumerable.Repeat(new EncodedText(ids, new int[ids.Length], 0), rows).ToArray();
            var results = new TResult[texts.Length];
            return stop =>
            {
                runner.Run(texts, results, stop);
                Array.ForEach(results, runner.Release);
            };
        }
    }

    private ModelPaths PathsOf(
        ModelDescription model,
        ModelConfiguration configuration,
        ExecutionPlan plan,
        int instances,
        IInferenceEngine engine,
        SharedTokenizer? shared,
        ModelMetrics metrics,
        CancellationToken cancellationToken)
    {
        var tokenizer = shared?.Tokenizer;
        var embed = model.Task == ModelTask.Embed ? Lanes(() => new EmbedRunner(engine, model, tokenizer!.PadTokenId)) : [];
        var rerank = model.Task == ModelTask.Rerank ? Lanes(() => new RerankRunner(engine, tokenizer!.PadTokenId)) : [];
        var tensors = Lanes<IBatchRunner<TensorItem, IReadOnlyList<Tensor>>>(
            () => TensorRunner.CanRun(engine.Signature) ? new TensorRunner(engine, inRows: configuration.Tensors.MaxBatchSize > 1) : new TextTensorRunner(engine));

        // 3
        GivingWay(plan, () =>
        {
            Array.ForEach(embed, runner => Warm(runner, tokenizer!, cancellationToken));
            Array.ForEach(rerank, runner => Warm(runner, tokenizer!, cancellationToken));
            ModelWarmup.Run(configuration.Warmup, model, engine.Signature, tensors, cancellationToken);
            GoldenCheck.Run(model, engine.Signature, tensors[0], cancellationToken);
            return true;
        });

        // 4: the one that may fail goes first, while there are no threads that would be left.
        var generate = model.Task == ModelTask.Generate ? generation.Create(model, engine, tokenizer!, metrics) : null;
        return new ModelPaths(new TensorPath(model, engine.Signature, Queue(tensors, configuration.Tensors)))
        {
            Tokenizer = shared,
            Embed = model.Task != ModelTask.Embed ? null : new EmbedPath(
                model, tokenizer!, Queue(embed, configuration.Batching), configuration.MaxClientBatchSize, metrics, time),
            Rerank = model.Task != ModelTask.Rerank ? null : new RerankPath(
                model, tokenizer!, Queue(rerank, configuration.Batching), configuration.MaxClientBatchSize, metrics, time),
            Generate = generate,
        };

        TRunner[] Lanes<TRunner>(Func<TRunner> create) => [.. Enumerable.Range(0, instances).Select(_ => create())];

        BatchQueue<TItem, TResult> Queue<TItem, TResult>(IReadOnlyList<IBatchRunner<TItem, TResult>> runners, BatchingSettings settings) =>
            new(runners, settings with { SpreadOverIdle = engine.Device.Provider == ExecutionProvider.Cpu }, model.Id.ToString(), metrics, time);
    }

    // The first run allocates and compiles what later ones reuse, and shows a graph that loads but does not compute.
    private static void Warm<TResult>(IBatchRunner<EncodedText, TResult> runner, HfTokenizer tokenizer, CancellationToken cancellationToken)
    {
        var results = new TResult[1];
        runner.Run([tokenizer.Encode("warm up")], results, cancellationToken);
        runner.Release(results[0]);
    }
}
