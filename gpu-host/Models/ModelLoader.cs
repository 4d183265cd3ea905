using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Calibration;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Models.Configuration;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tensors;
using Hybrid.GpuHost.Tokenization;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Models;

/// <summary>Makes a folder into a model that is ready to serve: opens the graph, reads what it is, builds its path, runs it once.</summary>
public sealed class ModelLoader(
    EngineFactory engines,
    PlanCalibration calibration,
    ModelConfigurations configurations,
    IOptions<AdaptiveLimiterOptions> limiter,
    GeneratePaths generation,
    HostTelemetry telemetry,
    ILogger<ModelAdmission> admissionLogger,
    TimeProvider time)
{
    // What a busy host of short texts computes.
    private const int CalibrationTokens = 32;

    /// <summary>Blocks for as long as ONNX Runtime needs to read and optimise the graph.</summary>
    /// <exception cref="InvalidDataException">The folder cannot be served; the message says why.</exception>
    public LoadedModel Load(ModelId id, string folder)
    {
        var configuration = configurations.Read(id, folder);
        var path = ModelFolder.FindOnnx(folder);
        var plan = calibration.Begin(path, configuration.InstanceCount);
        var engine = engines.Open(path, plan);
        HfTokenizer? tokenizer = null;
        ModelMetrics? metrics = null;
        try
        {
            var description = ModelFolder.Describe(id, folder, engine.Signature);
            metrics = new ModelMetrics(telemetry, id, time);
            tokenizer = description.Task == ModelTask.Infer ? null : HfTokenizer.Load(folder);
            if (calibration.IsNeeded(path, configuration.InstanceCount) && BatchOf(description, tokenizer) is { } batch)
            {
                plan = calibration.Measure(id, path, configuration.InstanceCount, Math.Min(CalibrationTokens, description.MaxTokens), batch);
                engine.Dispose();
                engine = engines.Open(path, plan);
            }

            configuration = configuration.With(plan);
            var instances = configuration.InstanceCount ?? plan.Instances;
            metrics.HasInstances(instances);
            var admission = new ModelAdmission(id, limiter.Value, time, admissionLogger);
            return new LoadedModel(
                description, engine, metrics, admission, PathsOf(description, configuration, instances, engine, tokenizer, metrics));
        }
        catch
        {
            metrics?.Dispose();
            tokenizer?.Dispose();
            engine.Dispose();
            throw;
        }
    }

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
        ModelDescription model, ModelConfiguration configuration, int instances, IInferenceEngine engine, HfTokenizer? tokenizer, ModelMetrics metrics)
    {
        var embed = model.Task == ModelTask.Embed ? Lanes(() => Warm(new EmbedRunner(engine, model, tokenizer!.PadTokenId), tokenizer)) : null;
        var rerank = model.Task == ModelTask.Rerank ? Lanes(() => Warm(new RerankRunner(engine, tokenizer!.PadTokenId), tokenizer)) : null;
        var tensors = Lanes<IBatchRunner<TensorItem, IReadOnlyList<Tensor>>>(
            () => TensorRunner.CanRun(engine.Signature) ? new TensorRunner(engine, inRows: configuration.Tensors.MaxBatchSize > 1) : new TextTensorRunner(engine));
        return new ModelPaths(new TensorPath(model, engine.Signature, Queue(tensors, configuration.Tensors)))
        {
            Tokenizer = tokenizer,
            Embed = embed is null ? null : new EmbedPath(
                model, tokenizer!, Queue(embed, configuration.Batching), configuration.MaxClientBatchSize, metrics, time),
            Rerank = rerank is null ? null : new RerankPath(
                model, tokenizer!, Queue(rerank, configuration.Batching), configuration.MaxClientBatchSize, metrics, time),
            Generate = model.Task == ModelTask.Generate ? generation.Create(model, engine, tokenizer!, metrics) : null,
        };

        TRunner[] Lanes<TRunner>(Func<TRunner> create) => [.. Enumerable.Range(0, instances).Select(_ => create())];

        BatchQueue<TItem, TResult> Queue<TItem, TResult>(IReadOnlyList<IBatchRunner<TItem, TResult>> runners, BatchingSettings settings) =>
            new(runners, settings with { SpreadOverIdle = engine.Device.Provider == ExecutionProvider.Cpu }, model.Id.ToString(), metrics, time);
    }

    // The first run allocates and compiles what later ones reuse, and shows a graph that loads but does not compute.
    private static IBatchRunner<EncodedText, TResult> Warm<TResult>(IBatchRunner<EncodedText, TResult> runner, HfTokenizer tokenizer)
    {
        var results = new TResult[1];
        runner.Run([tokenizer.Encode("warm up")], results, CancellationToken.None);
        runner.Release(results[0]);
        return runner;
    }
}
