using System.Text.Json;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Templates;

/// <summary>The chat templates of a model's folder, by name, and the special tokens that they may write.</summary>
/// <param name="Templates">Their sources; <c>default</c> is the one for a plain chat. Empty: the model has none.</param>
/// <param name="SpecialTokens">The variables <c>bos_token</c>, <c>eos_token</c> and their like.</param>
internal sealed record ChatTemplateFile(IReadOnlyDictionary<string, string> Templates, IReadOnlyDictionary<string, string> SpecialTokens)
{
    public const string Default = "default";

    // Longer than any template that is published by a factor of ten.
    private const int LongestTemplate = 512 * 1024;

    private static readonly string[] TokenNames = ["bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"];

    /// <summary>Reads <c>chat_template.jinja</c>, or <c>chat_template</c> in <c>tokenizer_config.json</c>: a text, or a list of named ones.</summary>
    /// <exception cref="InvalidDataException">A file is there and cannot be read.</exception>
    public static ChatTemplateFile Read(string folder)
    {
        var jinja = Path.Combine(folder, "chat_template.jinja");
        var configuration = Path.Combine(folder, "tokenizer_config.json");
        try
        {
            using var json = JsonDocument.Parse(File.Exists(configuration) ? File.ReadAllBytes(configuration) : "{}"u8.ToArray());
            var templates = File.Exists(jinja)
                ? new Dictionary<string, string> { [Default] = File.ReadAllText(jinja) }
                : Named(json.RootElement.Field("chat_template")).ToDictionary(StringComparer.Ordinal);
            if (templates.Values.Any(source => source.Length > LongestTemplate))
            {
                throw new InvalidDataException($"The chat template is longer than {LongestTemplate} characters.");
            }

            return new ChatTemplateFile(templates, Tokens(json.RootElement).ToDictionary(StringComparer.Ordinal));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"The chat template cannot be read: {exception.Message}", exception);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Named(JsonElement template) => template.ValueKind switch
    {
        JsonValueKind.String => [new(Default, template.GetString()!)],
        JsonValueKind.Array => template.EnumerateArray().Select(entry => KeyValuePair.Create(entry.Text("name", Default), entry.Text("template", ""))),
        _ => [],
    };

    private static IEnumerable<KeyValuePair<string, string>> Tokens(JsonElement configuration) =>
        from name in TokenNames
        let text = configuration.TokenText(name)
        where text.Length > 0
        select KeyValuePair.Create(name, text);
}
