namespace Hybrid.GpuHost.Models.Budget;

/// <summary>A model in memory, as the choice of what to unload sees it. All versions of a name count as one: routing needs them together.</summary>
/// <param name="Name">The model's.</param>
/// <param name="Bytes">What it counts for.</param>
/// <param name="IsFree">Nobody uses it, and it has been there for as long as its load took.</param>
/// <param name="LastUsed">A timestamp of the clock.</param>
internal readonly record struct UnloadCandidate(string Name, long Bytes, bool IsFree, long LastUsed)
{
    /// <summary>The least recently used ones that together give as much; none when all of them would not: nobody is unloaded for nothing.</summary>
    public static IReadOnlyList<UnloadCandidate> Choose(IEnumerable<UnloadCandidate> models, long needed)
    {
        var chosen = new List<UnloadCandidate>();
        foreach (var model in models.Where(model => model.IsFree).OrderBy(model => model.LastUsed))
        {
            if (needed <= 0)
            {
                break;
            }

            chosen.Add(model);
            needed -= model.Bytes;
        }

        return needed <= 0 ? chosen : [];
    }
}
