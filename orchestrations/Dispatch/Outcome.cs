using System.Diagnostics.CodeAnalysis;
using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>A reply, or why there is none.</summary>
internal readonly record struct Outcome<T>(T? Reply, Error? Error)
    where T : class
{
    [MemberNotNullWhen(true, nameof(Reply))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    public static implicit operator Outcome<T>(T reply) => new(reply, null);

    public static implicit operator Outcome<T>(Error error) => new(null, error);
}
