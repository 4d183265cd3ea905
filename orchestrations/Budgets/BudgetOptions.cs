using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Budgets;

/// <summary>How a run's time is shared out among its stages; section <c>Budget</c>.</summary>
public sealed class BudgetOptions
{
    public const string Section = "Budget";

    /// <value>Milliseconds for the first stage; 1 to 600,000, default 3000: several times what an embedding takes on a busy host.</value>
    [Range(1, 600_000)]
    public double BaseMs { get; set; } = 3000;

    /// <value>What each next stage gets of the one before; above 0 to 10, default 0.8: later stages work on less and less.</value>
    [Range(0.01, 10)]
    public double Factor { get; set; } = 0.8;

    /// <value>Milliseconds kept back for the answer itself; 0 to 10,000, default 50: one write of history and one reply.</value>
    [Range(0, 10_000)]
    public double GraceMs { get; set; } = 50;

    public StageShares ToShares() => new(BaseMs, Factor, GraceMs);
}

[OptionsValidator]
internal sealed partial class BudgetOptionsValidator : IValidateOptions<BudgetOptions>;
