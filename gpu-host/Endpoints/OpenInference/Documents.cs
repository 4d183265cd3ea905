using System.Text.Json.Serialization;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary><c>GET v2</c>.</summary>
public sealed record ServerMetadata(string Name, string Version, IReadOnlyList<string> Extensions);

/// <summary><c>GET v2/health/live</c>.</summary>
public sealed record Liveness(bool Live);

/// <summary><c>GET v2/health/ready</c>.</summary>
/// <param name="Ready">Requests may come.</param>
/// <param name="Models">What is served.</param>
/// <param name="Failed">Why the newest version of a model is not served, by its name.</param>
public sealed record Readiness(bool Ready, IReadOnlyList<string> Models, IReadOnlyDictionary<string, string> Failed);

/// <summary><c>GET v2/models/{m}/ready</c>.</summary>
public sealed record ModelReadiness(string Name, bool Ready);

/// <summary><c>GET v2/models/{m}</c>.</summary>
public sealed record ModelMetadata(
    string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorMetadata> Inputs, IReadOnlyList<TensorMetadata> Outputs);

/// <summary>An input or output of a model; -1 in a shape is any length.</summary>
public sealed record TensorMetadata(string Name, string Datatype, IReadOnlyList<long> Shape);

/// <summary>The protocol's error body.</summary>
public sealed record ErrorDocument(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(Readiness))]
[JsonSerializable(typeof(ModelReadiness))]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class OpenInferenceJson : JsonSerializerContext;
