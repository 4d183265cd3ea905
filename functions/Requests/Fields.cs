using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Hybrid.Contracts.Errors;

namespace Hybrid.Functions.Requests;

/// <summary>Checks of request fields, and the errors of those that fail.</summary>
internal static class Fields
{
    /// <summary>A value that must be there.</summary>
    public static T Required<T>([NotNull] T? value, string field)
        where T : class => value ?? throw Missing(field);

    /// <summary>A text that must be there and say something.</summary>
    public static string Text([NotNull] string? value, string field) =>
        !string.IsNullOrWhiteSpace(Required(value, field)) ? value : throw Unprocessable(field, "is empty");

    /// <summary>A JSON string that says something.</summary>
    public static string Text(JsonElement value, string field) => Text(String(value, field), field);

    /// <summary>Any JSON string.</summary>
    public static string String(JsonElement value, string field)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw WrongKind(field, "a string");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: JSON can write it, but no text has it.
            throw WrongKind(field, "a string of whole Unicode characters");
        }
    }

    /// <summary>A list with 1 to <paramref name="most"/> entries.</summary>
    public static IReadOnlyList<T> List<T>([NotNull] IReadOnlyList<T>? values, int most, string field)
    {
        if (Required(values, field).Count == 0)
        {
            throw Unprocessable(field, "is empty");
        }

        return values.Count <= most ? values : throw TooMany(field, values.Count, most);
    }

    /// <summary>A number within its range, or its default where none is given.</summary>
    public static T InRange<T>(T? value, T min, T max, T byDefault, string field)
        where T : struct, IComparable<T>
    {
        return value is not { } number ? byDefault
            : number.CompareTo(min) >= 0 && number.CompareTo(max) <= 0 ? number
            : throw Unprocessable(field, $"is {number}; it must be {min} to {max}");
    }

    public static HybridException Missing(string field) => new(ErrorCode.InvalidRequest, $"{field} is missing.", field);

    public static HybridException Unprocessable(string field, string fault) => new(ErrorCode.Unprocessable, $"{field} {fault}.", field);

    public static HybridException WrongKind(string field, string kind) => new(ErrorCode.InvalidRequest, $"{field} must be {kind}.", field);

    public static HybridException TooMany(string field, int count, int most) =>
        new(ErrorCode.PayloadTooLarge, $"{field} has {count} entries; at most {most} are allowed.", field);
}
