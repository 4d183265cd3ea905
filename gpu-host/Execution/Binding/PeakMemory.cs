namespace Hybrid.GpuHost.Execution.Binding;

/// <summary>
/// Says when memory that one large batch needed is worth giving back. The runtime's arena never shrinks by itself
/// (https://github.com/microsoft/onnxruntime/issues/22297); to give it back after each run would make every run allocate anew.
/// </summary>
internal sealed class PeakMemory
{
    /// <summary>So many runs in a row without need of it.</summary>
    public const int Patience = 256;

    // A run that needed less than this left nothing worth having.
    private const long Worth = 1 << 20;

    private long _peak;
    private long _recentPeak;
    private int _smallRuns;

    /// <param name="bytes">The size of a run's inputs and outputs, to which its other needs are in proportion.</param>
    /// <returns>True when this run should end with giving back what the last ones had no use for.</returns>
    public bool IsWorthShrinking(long bytes)
    {
        if (bytes >= _peak / 4)
        {
            _peak = Math.Max(_peak, bytes);
            (_smallRuns, _recentPeak) = (0, 0);
            return false;
        }

        _recentPeak = Math.Max(_recentPeak, bytes);
        if (_peak < Worth || ++_smallRuns < Patience)
        {
            return false;
        }

        (_peak, _smallRuns, _recentPeak) = (_recentPeak, 0, 0);
        return true;
    }
}
