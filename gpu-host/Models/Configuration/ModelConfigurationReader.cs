using System.Globalization;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models.Configuration.Prototext;

namespace Hybrid.GpuHost.Models.Configuration;

/// <summary>Reads Triton's <c>ModelConfig</c>, as far as this host can do what it says; the rest is named, never silently passed over.</summary>
internal sealed class ModelConfigurationReader(BatchingOptions host, ExecutionDevice device)
{
    // They change nothing of what an answer is.
    private static readonly string[] NotRead =
    [
        "runtime", "input", "output", "batch_input", "batch_output", "optimization", "cc_model_filenames", "metric_tags",
        "parameters", "model_operations", "model_repository_agents", "response_cache", "model_metrics",
    ];

    /// <param name="id">Whose it is.</param>
    /// <param name="text">The file's.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="ignored">Gets the fields that are known and not read.</param>
    /// <exception cref="InvalidDataException">It is no such configuration, or one that cannot be served; every fault stands in the message.</exception>
    public ModelConfiguration Read(ModelId id, string text, string file, out IReadOnlyList<string> ignored)
    {
        var faults = new ConfigurationFaults();
        var notRead = new List<string>();
        ignored = notRead;
        try
        {
            var root = new MessageReader(PrototextParser.Parse(text), "", faults);
            CheckServed(id, root, faults);
            var maxBatchSize = (int?)root.Number("max_batch_size", 0, BatchingOptions.LargestBatch);
            var dynamic = root.Message("dynamic_batching");
            if (dynamic is not null && maxBatchSize == 0)
            {
                faults.Add(root.LineOf("max_batch_size"), string.Create(CultureInfo.InvariantCulture, $"max_batch_size is 0, which allows no batches, but line {dynamic.Line} has dynamic_batching; raise the one or remove the other."));
            }

            var batching = new DynamicBatching(host, faults).Read(dynamic, maxBatchSize is { } size ? Math.Max(1, size) : host.MaxBatchRequests);
            var instances = InstanceGroups.Read(root.Messages("instance_group"), device, notRead, faults);
            var versions = VersionPolicies.Read(root.Message("version_policy"), faults);
            var warmup = new ModelWarmups(faults).Read(root.Messages("model_warmup"), maxBatchSize ?? 0);
            notRead.AddRange(dynamic?.Ignored("preserve_ordering") ?? []);
            notRead.AddRange(root.Ignored(NotRead));
            dynamic?.End();
            root.End();
            faults.ThrowIfAny(file);
            return ModelConfiguration.Of(batching, maxBatchSize, instances, host) with { VersionPolicy = versions, Warmup = warmup };
        }
        catch (PrototextException exception)
        {
            faults.Add(exception.Line, exception.Message);
            faults.ThrowIfAny(file);
            throw;
        }
    }

    // What would make another model of it.
    private static void CheckServed(ModelId id, MessageReader root, ConfigurationFaults faults)
    {
        Expect("name", id.Name, "the model's folder has this name");
        Expect("platform", "onnxruntime_onnx", "only ONNX models are served");
        Expect("backend", "onnxruntime", "only ONNX models are served");
        Expect("default_model_filename", "model.onnx", "the graph is read from there");
        foreach (var scheduling in new[] { "sequence_batching", "ensemble_scheduling" })
        {
            if (root.Message(scheduling) is { } message)
            {
                faults.Add(message.Line, $"{scheduling} is not served here: every request is computed for itself. Remove it, or serve the model elsewhere.");
            }
        }

        if (root.Message("model_transaction_policy") is { } policy)
        {
            if (policy.Flag("decoupled") == true)
            {
                faults.Add(policy.LineOf("decoupled"), "model_transaction_policy.decoupled is not served here: every request has one answer. Remove it, or serve the model elsewhere.");
            }

            policy.End();
        }

        void Expect(string field, string only, string why)
        {
            if (root.Text(field) is { Length: > 0 } value && value != only)
            {
                faults.Add(root.LineOf(field), $"{field} is \"{value}\"; {why}: write \"{only}\" or remove it.");
            }
        }
    }
}
