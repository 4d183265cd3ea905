namespace Hybrid.Orchestrations.Dispatch.Hedging;

/// <summary>What became of a second try.</summary>
internal enum HedgeEnd
{
    /// <summary>It answered before the first.</summary>
    Won,

    /// <summary>The first answered before it, or neither did.</summary>
    Lost,

    /// <summary>The budget had nothing left for it.</summary>
    Denied,
}
