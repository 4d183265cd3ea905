using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Models.Lifecycle;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>The protocol's model repository extension: what is published, what of it is served and why not, and who wants that to change.</summary>
public sealed class RepositoryEndpoints(ModelLifecycle lifecycle, RepositoryAccess access, RepositoryEvents events, ILogger<RepositoryEndpoints> logger)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v2/repository/index", http => AnswerAsync(http, IndexAsync));
        routes.MapPost("/v2/repository/models/{model}/load", http => AnswerAsync(http, LoadAsync));
        routes.MapPost("/v2/repository/models/{model}/unload", http => AnswerAsync(http, UnloadAsync));
        routes.MapPost(RepositoryEvents.Route, http => AnswerAsync(http, events.ReceiveAsync));
        routes.MapMethods(RepositoryEvents.Route, [HttpMethods.Options], RepositoryEvents.AllowDelivery);
    }

    private async Task<IResult> IndexAsync(HttpContext http)
    {
        var request = await RepositoryBody.ReadAsync(http.Request, OpenInferenceJson.Default.IndexRequest);
        var entries = lifecycle.Index.Where(entry => request?.Ready != true || entry.State == VersionState.Ready);
        return Results.Json([.. entries.Select(Describe)], OpenInferenceJson.Default.IndexEntryArray);
    }

    private async Task<IResult> LoadAsync(HttpContext http)
    {
        access.Check(http);
        var request = await RepositoryBody.ReadAsync(http.Request, OpenInferenceJson.Default.RepositoryRequest);

        // Triton takes a configuration and files here. What is served here is what is published, and every host serves the same.
        if (request?.Parameters?.Keys.FirstOrDefault() is { } parameter)
        {
            throw new HybridException(
                ErrorCode.InvalidRequest, $"The parameter '{parameter}' is not taken here; publish a version with its config.pbtxt and files, and load that.", parameter);
        }

        await lifecycle.LoadAsync(Model(http), http.RequestAborted);
        return Results.Ok();
    }

    private async Task<IResult> UnloadAsync(HttpContext http)
    {
        access.Check(http);

        // unload_dependents is about ensembles, which are not served here: nothing depends on a model.
        var request = await RepositoryBody.ReadAsync(http.Request, OpenInferenceJson.Default.RepositoryRequest);
        if (request?.Parameters?.Keys.FirstOrDefault(key => key != "unload_dependents") is { } parameter)
        {
            throw new HybridException(ErrorCode.InvalidRequest, $"There is no parameter '{parameter}' to unload with; unload_dependents is the only one.", parameter);
        }

        lifecycle.Unload(Model(http));
        return Results.Ok();
    }

    private async Task AnswerAsync(HttpContext http, Func<HttpContext, Task<IResult>> answer)
    {
        IResult result;
        try
        {
            result = await answer(http);
        }
        catch (Exception exception)
        {
            var error = Failures.ToError(exception, budget: null, http.RequestAborted.IsCancellationRequested);
            if (error.Code == ErrorCode.Internal)
            {
                Log.RequestFailed(logger, http.Request.Path, http.TraceIdentifier, exception);
            }

            if (error.RetryAfter is { } retryAfter)
            {
                http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            }

            result = Results.Json(new ErrorDocument(error.Message), OpenInferenceJson.Default.ErrorDocument, statusCode: error.Code.ToStatus());
        }

        await result.ExecuteAsync(http);
    }

    private static string Model(HttpContext http) => (string)http.GetRouteValue("model")!;

    private static IndexEntry Describe(VersionEntry entry) => new(
        entry.Id.Name, entry.Id.Version.ToString(CultureInfo.InvariantCulture), entry.State.ToString().ToUpperInvariant(), entry.Reason);
}
