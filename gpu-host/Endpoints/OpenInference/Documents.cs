using System.Text.Json;
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

/// <summary><c>POST v2/repository/index</c>.</summary>
/// <param name="Ready">Only what is ready; null or false: everything.</param>
public sealed record IndexRequest(bool? Ready = null);

/// <summary>A line of its answer, which is an array of them.</summary>
/// <param name="Name">The model's.</param>
/// <param name="Version">Its version.</param>
/// <param name="State"><c>READY</c>, <c>LOADING</c>, <c>UNLOADING</c> or <c>UNAVAILABLE</c>.</param>
/// <param name="Reason">Why it is not ready.</param>
public sealed record IndexEntry(string Name, string Version, string State, string Reason);

/// <summary><c>POST v2/repository/models/{m}/load</c> and <c>unload</c>.</summary>
public sealed record RepositoryRequest(IReadOnlyDictionary<string, JsonElement>? Parameters = null);

/// <summary>Event Grid's code, given back.</summary>
public sealed record EventGridValidation([property: JsonPropertyName("validationResponse")] string Response);

/// <summary>The protocol's error body.</summary>
public sealed record ErrorDocument(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(Readiness))]
[JsonSerializable(typeof(ModelReadiness))]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(IndexRequest))]
[JsonSerializable(typeof(IndexEntry[]))]
[JsonSerializable(typeof(RepositoryRequest))]
[JsonSerializable(typeof(EventGridValidation))]
[JsonSerializable(typeof(JsonDocument))]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class OpenInferenceJson : JsonSerializerContext;
