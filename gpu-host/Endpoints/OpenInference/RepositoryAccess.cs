using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Models.Lifecycle;
using Hybrid.Telemetry.Http;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Whether a caller may change what is served: with the configured key, or, where none is configured, from this machine itself.</summary>
public sealed class RepositoryAccess(IOptions<LifecycleOptions> options)
{
    private readonly CallerAccess _access = new(options.Value.RepositoryKey);

    /// <exception cref="HybridException"><see cref="ErrorCode.Unauthenticated"/>.</exception>
    public void Check(HttpContext http)
    {
        if (!_access.Allows(http))
        {
            throw new HybridException(ErrorCode.Unauthenticated, _access.HasKey
                ? "To change what is served takes its key (Models:RepositoryKey) as 'Authorization: Bearer <key>' or 'x-api-key'."
                : "What is served may be changed from this machine only; with Models:RepositoryKey set, by whoever has that key.");
        }
    }
}
