using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Hybrid.Functions.Runs;

/// <summary>
/// Durable Functions' check-status payload with our own routes in it: the extension's own routes know no tenants and want
/// the host's system key.
/// </summary>
internal sealed record RunLinks(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("statusQueryGetUri")] string StatusQueryGetUri,
    [property: JsonPropertyName("sendEventPostUri")] string SendEventPostUri,
    [property: JsonPropertyName("terminatePostUri")] string TerminatePostUri,
    [property: JsonPropertyName("suspendPostUri")] string SuspendPostUri,
    [property: JsonPropertyName("resumePostUri")] string ResumePostUri,
    [property: JsonPropertyName("restartPostUri")] string RestartPostUri,
    [property: JsonPropertyName("purgeHistoryDeleteUri")] string PurgeHistoryDeleteUri)
{
    public static RunLinks Of(HttpRequest request, string id)
    {
        var run = UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, $"/v1/pipelines/runs/{id}");
        return new RunLinks(
            id,
            run,
            run + "/events/{eventName}",
            run + "/terminate?reason={text}",
            run + "/suspend?reason={text}",
            run + "/resume?reason={text}",
            run + "/restart",
            run);
    }

    /// <summary>202: where to look, and when.</summary>
    public static IResult Accepted(HttpRequest request, string id)
    {
        var links = Of(request, id);
        Follow(request.HttpContext.Response, links);
        return Requests.Replies.Json(links, StatusCodes.Status202Accepted);
    }

    public static void Follow(HttpResponse response, RunLinks links)
    {
        response.Headers.Location = links.StatusQueryGetUri;
        response.Headers.RetryAfter = "1";
    }
}
