namespace Hybrid.Models.Publishing;

/// <summary>Hears from long work over files while it goes on. Files of a phase may report from several threads at once.</summary>
public interface IFileProgress
{
    /// <summary>For work that nobody watches.</summary>
    static IFileProgress None { get; } = new Silence();

    /// <summary>A phase of the work begins; the one before is over.</summary>
    /// <param name="name">What is done, e.g. <c>uploading</c>.</param>
    /// <param name="bytes">Of all its files together.</param>
    void Begin(string name, long bytes);

    /// <summary>The phase comes to a file.</summary>
    /// <returns>Takes how many of the file's bytes are done by now.</returns>
    IProgress<long> File(string path, long bytes);

    private sealed class Silence : IFileProgress, IProgress<long>
    {
        public void Begin(string name, long bytes)
        {
        }

        public IProgress<long> File(string path, long bytes) => this;

        public void Report(long value)
        {
        }
    }
}
