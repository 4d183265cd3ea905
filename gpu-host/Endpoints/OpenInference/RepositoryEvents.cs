using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models.Lifecycle;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>
/// Takes word that something was published, as Azure Event Grid delivers it (its own schema or CloudEvents, one event or several), or with no
/// body at all. Nothing in an event is believed: it only makes the host ask its source now instead of later.
/// </summary>
public sealed class RepositoryEvents(ModelWatcher watcher, RepositoryAccess access)
{
    public const string Route = "/v2/repository/events";

    private const string Validation = "Microsoft.EventGrid.SubscriptionValidationEvent";

    // Written last, so that what they stand for is whole. Other files of a version say nothing.
    private static readonly string[] Telling = ["/" + ModelManifest.FileName, "/" + ModelLabels.FileName];

    /// <summary>The handshake of CloudEvents: whoever may deliver asks first, and proves nothing by it.</summary>
    public static IResult AllowDelivery(HttpContext http)
    {
        if (http.Request.Headers.TryGetValue("WebHook-Request-Origin", out var origin))
        {
            http.Response.Headers["WebHook-Allowed-Origin"] = origin;
            http.Response.Headers["WebHook-Allowed-Rate"] = "*";
        }

        return Results.Ok();
    }

    /// <exception cref="HybridException">They cannot be read, or the caller has no key.</exception>
    public async Task<IResult> ReceiveAsync(HttpContext http)
    {
        using var body = await RepositoryBody.ReadAsync(http.Request, OpenInferenceJson.Default.JsonDocument);
        var events = body is null ? [] : EventsOf(body.RootElement);

        // Event Grid asks for its code back before it delivers anything, and sends no key of ours then.
        if (events.FirstOrDefault(item => Text(item, "eventType") == Validation) is { ValueKind: JsonValueKind.Object } validation)
        {
            return Text(validation, "data", "validationCode") is { } code
                ? Results.Json(new EventGridValidation(code), OpenInferenceJson.Default.EventGridValidation)
                : throw new HybridException(ErrorCode.InvalidRequest, "The validation event has no data.validationCode.");
        }

        access.Check(http);
        if (body is null || events.Any(item => Text(item, "subject") is { } subject && Telling.Any(file => subject.EndsWith(file, StringComparison.Ordinal))))
        {
            watcher.Notify();
        }

        return Results.Accepted();
    }

    private static List<JsonElement> EventsOf(JsonElement root)
    {
        List<JsonElement> events = root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
        return events.TrueForAll(item => item.ValueKind == JsonValueKind.Object)
            ? events
            : throw new HybridException(ErrorCode.InvalidRequest, "The body is neither an event nor an array of events.");
    }

    private static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }
}
