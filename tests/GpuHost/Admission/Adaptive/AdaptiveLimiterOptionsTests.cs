using System.ComponentModel.DataAnnotations;
using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.GpuHost.Tests.Admission.Adaptive;

public sealed class AdaptiveLimiterOptionsTests
{
    [Fact]
    public void Defaults_AreValid() => Assert.Empty(Errors(new AdaptiveLimiterOptions()));

    [Fact]
    public void Limits_OutOfOrder_AreNamedWithTheirValues() =>
        Assert.Contains("40", Assert.Single(Errors(new AdaptiveLimiterOptions { MinConcurrency = 40 })).ErrorMessage, StringComparison.Ordinal);

    [Fact]
    public void QueueFactor_NotBelowSlowFactor_IsRefused() =>
        Assert.Single(Errors(new AdaptiveLimiterOptions { QueueFactor = 3, SlowFactor = 3 }));

    [Fact]
    public void Window_OfFewEvaluations_IsRefused() =>
        Assert.Single(Errors(new AdaptiveLimiterOptions { EvaluationInterval = TimeSpan.FromSeconds(20) }));

    [Fact]
    public void Ranges_AreChecked() => Assert.Single(Errors(new AdaptiveLimiterOptions { ProbeCount = 0 }));

    private static List<ValidationResult> Errors(AdaptiveLimiterOptions options)
    {
        var errors = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true);
        return errors;
    }
}
