using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Prompting;

/// <summary>How conversations become prompts. Section <c>Prompting</c>.</summary>
public sealed class PromptingOptions : IValidatableObject
{
    public const string Section = "Prompting";

    private const int LongestSystemMessage = 32_768;

    /// <summary>Most requests that wait before each of the four stages, per model; past it the stage before waits, and before the first the caller.</summary>
    /// <value>1 to 10000; default 10: enough that no stage idles while the one before it is busy, and little to hold when the device is slow.</value>
    [Range(1, 10_000)]
    public int Capacity { get; set; } = 10;

    /// <summary>Requests that each of builder, validator and injector works on at a time, per model. The executor only waits; one keeps the order.</summary>
    /// <value>1 to 256; default 2: one is far faster than any model generates, the second keeps short prompts from waiting for a very long one.</value>
    [Range(1, 256)]
    public int Workers { get; set; } = 2;

    /// <summary>Most messages in one request.</summary>
    /// <value>1 to 10000; default 256.</value>
    [Range(1, 10_000)]
    public int MaxMessages { get; set; } = 256;

    /// <summary>Most documents in one request.</summary>
    /// <value>1 to 10000; default 256.</value>
    [Range(1, 10_000)]
    public int MaxDocuments { get; set; } = 256;

    /// <summary>The system message of requests that have none, for every model that <see cref="SystemMessages"/> does not name.</summary>
    /// <value>At most 32768 characters; default empty: none. A template that cannot take it keeps its model from being served.</value>
    public string SystemMessage { get; set; } = "";

    /// <summary>The same by the name of the model; empty: that one has none.</summary>
    public Dictionary<string, string> SystemMessages { get; } = [];

    public string SystemMessageOf(string model) => SystemMessages.GetValueOrDefault(model, SystemMessage);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, text) in SystemMessages.Select(entry => ($"{nameof(SystemMessages)}:{entry.Key}", entry.Value)).Prepend((nameof(SystemMessage), SystemMessage)))
        {
            if (text.Length > LongestSystemMessage)
            {
                yield return new ValidationResult($"{name} has {text.Length} characters; at most {LongestSystemMessage} are taken.", [name]);
            }

            if (ControlCharacters.IndexIn(text) is >= 0 and var at)
            {
                yield return new ValidationResult($"{name} has a control character (U+{(int)text[at]:X4}) at {at}.", [name]);
            }
        }
    }
}
