namespace Hybrid.GpuHost.Prompting;

/// <summary>
/// Characters that are no text: they steer terminals and hide what a log shows, and no model has learned what they mean. Tab, line ends
/// and their like are white space and not meant.
/// </summary>
internal static class ControlCharacters
{
    /// <summary>Where the first is; −1: there is none.</summary>
    public static int IndexIn(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (Is(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The text with a space in the place of each.</summary>
    public static string Blank(string text) => IndexIn(text) < 0
        ? text
        : string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = Is(source[i]) ? ' ' : source[i];
            }
        });

    private static bool Is(char c) => char.IsControl(c) && !char.IsWhiteSpace(c);
}
