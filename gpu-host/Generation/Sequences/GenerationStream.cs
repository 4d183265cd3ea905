using System.Text;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Generation.Sequences;

/// <summary>An answer in the making, for the one who reads it. Disposed before its end, it is given up: the model stops within a step.</summary>
public sealed class GenerationStream : IDisposable
{
    // Pieces that waited for a slow reader leave together, but never as more than a small part of what a frame holds.
    private const int LongestPiece = 16 << 10;

    private readonly ModelId _model;
    private readonly GenerationSequence _sequence;
    private readonly IDisposable _place;
    private readonly TimeSpan _waited;
    private readonly TimeSpan _tokenized;
    private readonly RequestBudget _budget;

    internal GenerationStream(ModelId model, GenerationSequence sequence, IDisposable place, TimeSpan waited, TimeSpan tokenized, RequestBudget budget)
    {
        _model = model;
        _sequence = sequence;
        _place = place;
        _waited = waited;
        _tokenized = tokenized;
        _budget = budget;
    }

    /// <summary>The first of its frames.</summary>
    public GenerateFrame.Begin Begin => new(_model.Name, _model.Version, _sequence.Prompt.Length);

    /// <summary>Until the last token is made, whether or not anybody has read the others.</summary>
    /// <exception cref="Contracts.Errors.HybridException">The model cannot go on.</exception>
    /// <exception cref="OperationCanceledException">The budget ended, the client left, or it was given up.</exception>
    public async Task<GenerateFrame.End> EndAsync()
    {
        var finish = await _sequence.Ended;
        return new GenerateFrame.End(finish, _sequence.NewTokens, new Timings(_waited + _sequence.Queued, _tokenized, _sequence.Computed, _budget.Elapsed));
    }

    /// <summary>Its frames as they come, the first with the first token; ends with the <see cref="GenerateFrame.End"/>.</summary>
    /// <inheritdoc cref="EndAsync"/>
    public async IAsyncEnumerable<GenerateFrame> ReadAsync()
    {
        var begun = false;
        var text = new StringBuilder();
        while (await _sequence.Pieces.WaitToReadAsync(_budget.Token))
        {
            while (text.Length < LongestPiece && _sequence.Pieces.TryRead(out var piece))
            {
                text.Append(piece.Text);
            }

            if (!begun)
            {
                yield return Begin;
                begun = true;
            }

            if (text.Length > 0)
            {
                yield return new GenerateFrame.Piece(text.ToString());
                text.Clear();
            }
        }

        yield return await EndAsync();
    }

    /// <summary>The whole answer.</summary>
    /// <inheritdoc cref="EndAsync"/>
    public async Task<GenerateReply> ReadToEndAsync()
    {
        var text = new StringBuilder();
        await foreach (var piece in _sequence.Pieces.ReadAllAsync(_budget.Token))
        {
            text.Append(piece.Text);
        }

        var end = await EndAsync();
        return new GenerateReply(_model.Name, _model.Version, text.ToString(), end.FinishReason, _sequence.Prompt.Length, end.CompletionTokens, end.Timings);
    }

    public void Dispose() => _place.Dispose();
}
