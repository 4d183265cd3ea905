using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>Instances in the order of their creation, page by page. A page begins after the last row of the one before, so new instances shift nothing.</summary>
internal sealed class InstanceQuery
{
    /// <summary>Instances in one page, whatever the caller asks for.</summary>
    private const int MaxPageSize = 1000;

    private const string Sql =
        $"""
        SELECT {InstanceRow.Columns} FROM instances
        WHERE (created_at, id) > ($0, $1) AND created_at >= $2 AND created_at <= $3
            AND ($4 IS NULL OR status IN (SELECT value FROM json_each($4)))
            AND ($5 IS NULL OR substr(id, 1, length($5)) = $5)
        ORDER BY created_at, id LIMIT $6
        """;

    private readonly long _from;
    private readonly long _to;
    private readonly string? _statuses;
    private readonly string? _prefix;
    private readonly int _pageSize;
    private readonly string? _continuation;

    public InstanceQuery(OrchestrationQuery query)
    {
        _from = query.CreatedFrom?.UtcTicks ?? 0;
        _to = query.CreatedTo?.UtcTicks ?? long.MaxValue;
        var statuses = query.Statuses?.Select(status => status.ToString()).ToArray();
        _statuses = statuses is null or [] ? null : JsonSerializer.Serialize(statuses);
        _prefix = string.IsNullOrEmpty(query.InstanceIdPrefix) ? null : query.InstanceIdPrefix;
        _pageSize = query.PageSize;
        _continuation = query.ContinuationToken;
    }

    /// <exception cref="ArgumentException">A continuation token that no page gave.</exception>
    public (List<InstanceRow> Rows, string? Continuation) Page(Statements sql, string? continuation, int? pageSize)
    {
        var size = Math.Clamp(pageSize ?? _pageSize, 1, MaxPageSize);
        var (createdAt, id) = Decode(continuation ?? _continuation);
        var rows = sql.Query(Sql, InstanceRow.Read, createdAt, id, _from, _to, _statuses, _prefix, size);
        return (rows, rows.Count < size ? null : Encode(rows[^1]));
    }

    private static string Encode(InstanceRow last) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.CreatedAt.Ticks} {last.Id}")));

    private static (long CreatedAt, string Id) Decode(string? continuation)
    {
        if (string.IsNullOrEmpty(continuation))
            return (-1, "");
        var bytes = new byte[continuation.Length];
        if (Convert.TryFromBase64String(continuation, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(' ', 2) is [var ticks, var id]
            && long.TryParse(ticks, CultureInfo.InvariantCulture, out var createdAt))
            return (createdAt, id);
        throw new ArgumentException("The continuation token is not one that a page gave.", nameof(continuation));
    }
}
