namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>A template that cannot be read, or cannot be rendered with these values; the message begins with its line.</summary>
public sealed class TemplateException(int line, string what) : Exception($"line {line}: {what}")
{
    /// <summary>The template itself said no, by raise_exception: its own words for whoever sent the values. Null: it is the template's fault.</summary>
    public string? Refusal { get; init; }
}
