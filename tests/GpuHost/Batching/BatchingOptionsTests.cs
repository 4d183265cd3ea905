using System.ComponentModel.DataAnnotations;
using Hybrid.GpuHost.Batching;
using Microsoft.Extensions.Configuration;

namespace Hybrid.GpuHost.Tests.Batching;

public sealed class BatchingOptionsTests
{
    [Fact]
    public void Validate_Defaults_HaveNoFault() => Assert.Empty(Faults(new BatchingOptions()));

    [Fact]
    public void Validate_ManyFaults_NamesThemAllWithBothValues()
    {
        var options = new BatchingOptions { MaxBatchRequests = 8, PriorityLevels = 2, DefaultPriorityLevel = 3, MaxQueueSize = 100, MaxClientBatchSize = 200 };
        options.PreferredBatchSize.Add(16);
        options.PriorityQueuePolicy[2] = new QueuePolicyOptions { MaxQueueSize = 300 };
        options.PriorityQueuePolicy[5] = new QueuePolicyOptions { DefaultTimeoutMicroseconds = -1 };

        string[] expected =
        [
            "PreferredBatchSize 16 is not in 1 to MaxBatchRequests (8).",
            "DefaultPriorityLevel (3) is over PriorityLevels (2).",
            "PriorityQueuePolicy has a level 5, which is not in 1 to PriorityLevels (2).",
            "PriorityQueuePolicy of level 5: The field DefaultTimeoutMicroseconds must be between 0 and 3600000000.",
            "MaxClientBatchSize (200) is over MaxQueueSize (100) of level 1: the largest request would never fit into the queue.",
        ];
        Assert.Equal(expected, Faults(options));
    }

    [Fact]
    public void Bind_Section_ReachesEveryLevel()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Batching:PreferredBatchSize:0", "8"), new("Batching:PreferredBatchSize:1", "4"), new("Batching:PriorityLevels", "2"),
            new("Batching:TimeoutAction", "DELAY"), new("Batching:PriorityQueuePolicy:2:MaxQueueSize", "5"), new("Batching:LengthBuckets", "false"),
        ]).Build();

        var settings = configuration.GetSection(BatchingOptions.Section).Get<BatchingOptions>()!.ToSettings();

        Assert.Equal([4, 8], settings.PreferredBatchSizes);
        Assert.False(settings.LengthBuckets);
        Assert.Equal([new QueuePolicy(2048, TimeoutAction.Delay, 0, false), new QueuePolicy(5, TimeoutAction.Delay, 0, false)], settings.Levels);
    }

    private static IEnumerable<string> Faults(BatchingOptions options)
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        return faults.Select(fault => fault.ErrorMessage!);
    }
}
