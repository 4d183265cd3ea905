using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hybrid.Functions.Requests;

/// <summary>JSON as the public API reads and writes it.</summary>
public static class ApiJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // No body of this API nests deeper than a handful; a bomb stops here.
        MaxDepth = 32,
        // Two values for one name mean different things to different readers.
        AllowDuplicateProperties = false,
        // Replies are JSON and never part of a page: texts stay readable and short.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
