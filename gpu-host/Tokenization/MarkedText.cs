using System.Text;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>
/// A text that knows which of its characters came from outside (a message, a document) and which a trusted author wrote (the chat
/// template). Cutting and joining keep the marks, so a rendered prompt still knows them: a tokenizer reads special tokens only in
/// trusted characters, and nobody can write <c>&lt;|im_end|&gt;</c> into a message and have it obeyed. Immutable.
/// </summary>
public sealed class MarkedText
{
    public static readonly MarkedText Empty = new([]);

    private readonly Run[] _runs;
    private string? _text;

    private MarkedText(Run[] runs) => _runs = runs;

    /// <summary>The text in pieces, none empty, neighbours of different trust.</summary>
    public IReadOnlyList<Run> Runs => _runs;

    public int Length => ToString().Length;

    /// <summary>Whether any character came from outside.</summary>
    public bool HasOutside => Array.Exists(_runs, run => run.Outside);

    /// <summary>Text of the template's author.</summary>
    public static MarkedText Trusted(string text) => Of(text, outside: false);

    /// <summary>Text of a user, a document or another machine.</summary>
    public static MarkedText Outside(string text) => Of(text, outside: true);

    public static MarkedText Of(string text, bool outside) => text.Length == 0 ? Empty : new MarkedText([new Run(text, outside)]);

    public static MarkedText Concat(IEnumerable<MarkedText> parts)
    {
        var runs = new List<Run>();
        var pending = new StringBuilder();
        var outside = false;
        foreach (var run in parts.SelectMany(part => part._runs))
        {
            if (run.Outside != outside && pending.Length > 0)
            {
                runs.Add(new Run(pending.ToString(), outside));
                pending.Clear();
            }

            outside = run.Outside;
            pending.Append(run.Text);
        }

        if (pending.Length > 0)
        {
            runs.Add(new Run(pending.ToString(), outside));
        }

        return new MarkedText([.. runs]);
    }

    public MarkedText Substring(int start, int length)
    {
        var runs = new List<Run>();
        foreach (var run in _runs)
        {
            var from = Math.Clamp(start, 0, run.Text.Length);
            var to = Math.Clamp(start + length, 0, run.Text.Length);
            if (to > from)
            {
                runs.Add(run with { Text = run.Text[from..to] });
            }

            start -= run.Text.Length;
        }

        return new MarkedText([.. runs]);
    }

    /// <summary>All of the text, without its marks.</summary>
    public override string ToString() => _text ??= string.Concat(_runs.Select(run => run.Text));

    /// <summary>A stretch of characters of one origin.</summary>
    public readonly record struct Run(string Text, bool Outside);
}
