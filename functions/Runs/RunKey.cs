using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Results;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Functions.Runs;

/// <summary>What a client gives to make a repeated request the same run: the header <c>Idempotency-Key</c>, or <c>id</c> in the body.</summary>
internal static class RunKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>The instance id of the request's run.</summary>
    /// <exception cref="HybridException">A key that is not acceptable, or two that differ.</exception>
    public static string InstanceId(HttpRequest request, RagQuestion question, string tenant)
    {
        var header = request.Headers[Header] is [{ } given] ? given : null;
        if (header is not null && question.Id is not null && header != question.Id)
        {
            throw new HybridException(ErrorCode.InvalidRequest, $"{Header} and id differ; give one of them.", "id");
        }

        return (header ?? question.Id) is not { } key ? RunIds.New(tenant)
            : ResultStore.IsValidId(key) ? RunIds.Of(tenant, "http", key)
            : throw new HybridException(ErrorCode.Unprocessable, $"{(header is null ? "id" : Header)} has {ResultStore.IdRule}.", "id");
    }
}
