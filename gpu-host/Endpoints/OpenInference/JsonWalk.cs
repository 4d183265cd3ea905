using System.Text.Json;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Walking through JSON without a tree of it: objects field by field, arrays item by item.</summary>
internal static class JsonWalk
{
    /// <summary>Steps on the object that comes next; <see cref="NextField"/> then goes through it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static void BeginObject(ref this Utf8JsonReader reader, string what) => Begin(ref reader, JsonTokenType.StartObject, what + " is no object.");

    /// <summary>Steps on the array that comes next; <see cref="NextItem"/> then goes through it.</summary>
    /// <inheritdoc cref="BeginObject"/>
    public static void BeginArray(ref this Utf8JsonReader reader, string what) => Begin(ref reader, JsonTokenType.StartArray, what + " is no array.");

    /// <summary>Steps on the next field's name; false at the object's end.</summary>
    public static bool NextField(ref this Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Steps on the next item; false at the array's end.</summary>
    public static bool NextItem(ref this Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>The string behind a field's name.</summary>
    /// <exception cref="FormatException">It is null.</exception>
    public static string NextText(ref this Utf8JsonReader reader, string what)
    {
        reader.Read();
        return reader.GetString() ?? throw new FormatException(what + " is null.");
    }

    // A field's name or nothing at all stands before the value; an item of an array is the value itself.
    private static void Begin(ref Utf8JsonReader reader, JsonTokenType token, string otherwise)
    {
        if (reader.TokenType is JsonTokenType.None or JsonTokenType.PropertyName)
        {
            reader.Read();
        }

        if (reader.TokenType != token)
        {
            throw new FormatException(otherwise);
        }
    }
}
