using System.Diagnostics.CodeAnalysis;
using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>A reply, or why there is none; and what that shows about the host.</summary>
internal readonly record struct Outcome<T>(T? Reply, Error? Error, HostSign Sign)
    where T : class
{
    [MemberNotNullWhen(true, nameof(Reply))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    /// <summary>Nothing that another try could change: a reply, or an error that the request itself brings about.</summary>
    public bool IsFinal => Error is null || !Error.Code.IsTransient();

    public static implicit operator Outcome<T>(T reply) => new(reply, null, HostSign.Works);

    public static implicit operator Outcome<T>((Error Error, HostSign Sign) failure) => new(null, failure.Error, failure.Sign);
}
