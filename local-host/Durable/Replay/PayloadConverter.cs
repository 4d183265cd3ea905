using Hybrid.LocalHost.Durable.History;
using Microsoft.DurableTask;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>Writes what goes into the database and refuses what is too large for it.</summary>
/// <param name="converter">The SDK's converter, the same for client, orchestrators and activities.</param>
/// <param name="maxCharacters">See <see cref="DurableOptions.MaxPayloadCharacters"/>.</param>
internal sealed class PayloadConverter(DataConverter converter, int maxCharacters)
{
    public DataConverter Converter => converter;

    /// <exception cref="ArgumentException">The JSON is longer than the limit.</exception>
    public string? Write(object? value, string what)
    {
        var json = converter.Serialize(value);
        return Check(json, what) is { } failure ? throw new ArgumentException(failure.ErrorMessage) : json;
    }

    /// <returns>A failure when <paramref name="json"/> is longer than the limit.</returns>
    public Failure? Check(string? json, string what) =>
        json is not null && json.Length > maxCharacters ? Failures.PayloadTooLarge(what, json.Length, maxCharacters) : null;
}
