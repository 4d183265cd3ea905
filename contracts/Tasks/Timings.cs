namespace Hybrid.Contracts.Tasks;

/// <summary>Where the host spent its time on one request. The parts need not add up to the total: batches share work.</summary>
/// <param name="Queue">From admission until the device began on it.</param>
/// <param name="Tokenize">Text to tokens, and tokens to text.</param>
/// <param name="Compute">In the session.</param>
/// <param name="Total">From the request's last byte to the reply's first.</param>
public readonly partial record struct Timings(TimeSpan Queue, TimeSpan Tokenize, TimeSpan Compute, TimeSpan Total);
