using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Generation.Scheduling;

/// <summary>
/// Sequences that began together and share every run. Prompts of different lengths are filled up on the right: no token then looks at
/// nothing but padding, which some graphs answer with NaN. What is added later stands behind the padding, which stays masked.
/// </summary>
internal sealed class SequenceGroup : IDisposable
{
    private readonly Decoder _decoder;
    private readonly IReadOnlyList<GenerationSequence> _sequences;
    private readonly KeyValueCache _cache;
    private readonly CancellationTokenSource _stop = new();
    private readonly int _width;
    private readonly int _chunk;
    private readonly int _padToken;
    private readonly int _lastPosition;
    private readonly ModelMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly GenerationSpans? _spans;

    /// <param name="decoder">The model.</param>
    /// <param name="sequences">At least one; of equal length unless the model can pad.</param>
    /// <param name="chunkTokens">Most prompt tokens in one run, all sequences together.</param>
    /// <param name="padToken">Any token: it is never looked at.</param>
    /// <param name="maxTokens">The model's length.</param>
    /// <param name="metrics">Where it says what it does.</param>
    /// <param name="time">The clock.</param>
    public SequenceGroup(
        Decoder decoder, IReadOnlyList<GenerationSequence> sequences, int chunkTokens, int padToken, int maxTokens, ModelMetrics metrics, TimeProvider time)
    {
        _decoder = decoder;
        _sequences = sequences;
        _cache = new KeyValueCache(decoder.Layout, sequences.Count);
        _width = sequences.Max(sequence => sequence.Prompt.Length);
        _chunk = Math.Max(1, chunkTokens / sequences.Count);
        _padToken = padToken;
        _lastPosition = maxTokens - 1;
        _metrics = metrics;
        _time = time;
        _spans = metrics.BeginGeneration(sequences.Count, sequences.Count * _width, sequences.Select(sequence => sequence.Trace));
    }

    public IReadOnlyList<GenerationSequence> Sequences => _sequences;

    public bool IsOver => _sequences.All(sequence => sequence.IsOver);

    /// <summary>One run: the next part of the prompts, or the next token of each sequence. On the device's thread.</summary>
    public void Step()
    {
        if (_cache.Length < _width)
        {
            Prefill();
        }
        else
        {
            Decode();
        }

        _spans?.Ran(prefilled: _cache.Length >= _width);
    }

    /// <summary>Ends the run that is going on when nobody wants anything of it; one sequence that is still wanted keeps it going.</summary>
    public void StopIfUnwanted()
    {
        if (IsOver)
        {
            _stop.Cancel();
        }
    }

    public void Dispose()
    {
        _spans?.Dispose();
        _cache.Dispose();
        _stop.Dispose();
    }

    private void Prefill()
    {
        var from = _cache.Length;
        var columns = Math.Min(_chunk, _width - from);
        using var logits = Run(columns, (sequence, column) =>
        {
            var prompt = sequence.Prompt;
            var at = from + column;
            return at < prompt.Length ? (prompt[at], at) : (_padToken, prompt.Length - 1);
        });
        for (var row = 0; row < _sequences.Count; row++)
        {
            var last = _sequences[row].Prompt.Length - 1 - from;
            if (last >= 0 && last < columns)
            {
                Accept(logits, row, last);
            }
        }
    }

    private void Decode()
    {
        // A sequence that is over keeps its row, with a token that nobody looks at, until the others end too.
        using var logits = Run(1, (sequence, _) =>
            (sequence.LastToken, Math.Min(sequence.Prompt.Length + sequence.NewTokens - 1, _lastPosition)));
        for (var row = 0; row < _sequences.Count; row++)
        {
            Accept(logits, row, 0);
        }
    }

    private void Accept(Logits logits, int row, int column)
    {
        var sequence = _sequences[row];
        if (sequence.IsOver)
        {
            return;
        }

        try
        {
            var now = _time.GetTimestamp();
            sequence.Accept(logits.At(row, column), now);
            _metrics.TokenMade(sequence.NewTokens == 1 ? _time.GetElapsedTime(sequence.Arrived, now) : null);
        }
        catch (Contracts.Errors.HybridException exception)
        {
            sequence.Fail(exception);
        }
    }

    private Logits Run(int columns, Func<GenerationSequence, int, (int Token, int Position)> next)
    {
        var rows = _sequences.Count;
        var total = _cache.Length + columns;
        var block = new TokenBlock(rows, columns, new long[rows * columns], new long[rows * columns], new long[rows * total]);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                (block.Ids[(row * columns) + column], block.Positions[(row * columns) + column]) = next(_sequences[row], column);
            }

            var mask = block.Mask.AsSpan(row * total, total);
            mask.Fill(1);
            mask[Math.Min(_sequences[row].Prompt.Length, total)..Math.Min(_width, total)].Clear();
        }

        var begin = _time.GetTimestamp();
        var logits = _decoder.Run(block, _cache, _stop.Token);
        var computed = _time.GetElapsedTime(begin);
        foreach (var sequence in _sequences)
        {
            sequence.Computed += computed;
        }

        return logits;
    }
}
