using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function on a message of a storage queue.</summary>
public sealed class QueueTriggerAttribute : TriggerBindingAttribute
{
    public QueueTriggerAttribute(string queueName) => QueueName = queueName;

    public string QueueName { get; }

    /// <summary>The setting that holds the connection; AzureWebJobsStorage if null.</summary>
    public string? Connection { get; set; }
}

/// <summary>Puts what a function returns on a storage queue.</summary>
public sealed class QueueOutputAttribute : OutputBindingAttribute
{
    public QueueOutputAttribute(string queueName) => QueueName = queueName;

    public string QueueName { get; }

    /// <inheritdoc cref="QueueTriggerAttribute.Connection"/>
    public string? Connection { get; set; }
}
