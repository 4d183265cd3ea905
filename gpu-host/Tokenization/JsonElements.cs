using System.Text.Json;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>Optional fields of the JSON files of a model, with their defaults.</summary>
internal static class JsonElements
{
    public static string TypeName(this JsonElement element) => element.Text("type", "");

    public static string Text(this JsonElement element, string name, string otherwise) =>
        element.Field(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : otherwise;

    public static bool Flag(this JsonElement element, string name, bool otherwise) =>
        element.Field(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : otherwise;

    public static int Number(this JsonElement element, string name, int otherwise) =>
        element.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : otherwise;

    /// <summary>A token in tokenizer_config.json: its text, or an object whose content is it; empty when there is none.</summary>
    public static string TokenText(this JsonElement configuration, string name) =>
        configuration.Field(name) is { ValueKind: JsonValueKind.Object } token ? token.Text("content", "") : configuration.Text(name, "");

    /// <summary>The field, or an element of kind Undefined or Null.</summary>
    public static JsonElement Field(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
}
