using System.Text;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Retrieval;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>Makes complete, checked requests of questions from outside.</summary>
public sealed class RagRequests(IOptions<RagOptions> rag, IOptions<BudgetOptions> budget)
{
    /// <exception cref="HybridException">
    /// <see cref="ErrorCode.InvalidRequest"/>: something is missing; <see cref="ErrorCode.Unprocessable"/>: a value is out of its range.
    /// </exception>
    public RagRequest Create(RagQuestion question, string tenant)
    {
        var defaults = rag.Value;
        var timeout = question.TimeoutMs ?? (long)defaults.Timeout.TotalMilliseconds;
        InRange(timeout, (long)RagLimits.MinTimeout.TotalMilliseconds, (long)RagLimits.MaxTimeout.TotalMilliseconds, "timeout_ms");
        var topK = (int)InRange(question.TopK ?? defaults.TopK, 1, RagLimits.MaxTopK, "top_k");
        var topN = question.TopN is { } wanted ? (int)InRange(wanted, 1, RagLimits.MaxTopN, "top_n") : Math.Min(defaults.TopN, topK);
        if (topN > topK)
        {
            throw new HybridException(ErrorCode.Unprocessable, $"top_n is {topN}, more than the {topK} documents that top_k retrieves.", "top_n");
        }

        var name = CollectionName.Of(tenant, question.Collection ?? throw Missing("collection"));
        return new RagRequest(
            CheckedQuestion(question.Question),
            name.Name,
            name.Tenant,
            topK,
            topN,
            (int)InRange(question.MaxTokens ?? defaults.MaxTokens, 1, RagLimits.MaxTokens, "max_tokens"),
            timeout,
            new RagModels(defaults.EmbedModel, defaults.RerankModel, defaults.GenerateModel),
            budget.Value.ToShares());
    }

    private static string CheckedQuestion(string? question)
    {
        if (string.IsNullOrWhiteSpace(question))
        {
            throw question is null ? Missing("question") : new HybridException(ErrorCode.Unprocessable, "question is empty.", "question");
        }

        var bytes = Encoding.UTF8.GetByteCount(question);
        return bytes <= RagLimits.MaxQuestionBytes
            ? question
            : throw new HybridException(
                ErrorCode.Unprocessable, $"question has {bytes} bytes; at most {RagLimits.MaxQuestionBytes} are allowed.", "question");
    }

    private static long InRange(long value, long min, long max, string field) =>
        value >= min && value <= max
            ? value
            : throw new HybridException(ErrorCode.Unprocessable, $"{field} is {value}; it must be {min} to {max}.", field);

    private static HybridException Missing(string field) => new(ErrorCode.InvalidRequest, $"{field} is missing.", field);
}
