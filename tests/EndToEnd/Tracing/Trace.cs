using System.Text;
using Hybrid.EndToEnd.Tests.Tracing.Otlp;

namespace Hybrid.EndToEnd.Tests.Tracing;

/// <summary>The spans of one trace as a tree. Its root is the span whose parent is outside: the caller's.</summary>
internal sealed class Trace(IEnumerable<TracedSpan> spans)
{
    public IReadOnlyList<TracedSpan> Spans { get; } = [.. spans.OrderBy(span => span.Start)];

    /// <summary>Spans whose parent is not among them; of a connected trace there is one.</summary>
    public IEnumerable<TracedSpan> Roots => Spans.Where(span => Spans.All(other => other.SpanId != span.ParentId));

    /// <summary>Whether every span's parent is there, but for one's.</summary>
    public bool IsConnected => Roots.Count() == 1;

    public bool Has(string name) => Spans.Any(span => span.Name == name);

    public IEnumerable<TracedSpan> Named(string name) => Spans.Where(span => span.Name == name);

    public IEnumerable<TracedSpan> Below(TracedSpan span) => Spans.Where(other => other.ParentId == span.SpanId);

    /// <summary>Asserts that below <paramref name="from"/> there is exactly one span of each name, each below the one before it.</summary>
    /// <returns>The last of them.</returns>
    public TracedSpan Follow(TracedSpan from, params string[] names)
    {
        foreach (var name in names)
        {
            var found = Below(from).Where(span => span.Name == name).ToList();
            Assert.True(found.Count == 1, $"{found.Count} spans '{name}' are below '{from.Name}':\n{this}");
            from = found[0];
        }

        return from;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var root in Roots)
        {
            Write(root, 0);
        }

        return text.ToString();

        void Write(TracedSpan span, int depth)
        {
            text.Append(' ', 2 * depth).AppendLine($"{span.Name} [{span.Service} {span.Kind}]{(span.Failed ? " failed" : "")}");
            foreach (var child in Below(span))
            {
                Write(child, depth + 1);
            }
        }
    }
}
