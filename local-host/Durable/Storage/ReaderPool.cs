using System.Collections.Concurrent;

namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>Connections for reading. WAL gives each reader the last commit without waiting for the writer.</summary>
internal sealed class ReaderPool(DatabaseFile file) : IDisposable
{
    /// <summary>Idle connections that are kept; each holds about 2 MB of page cache.</summary>
    private const int MaxIdle = 8;

    private readonly ConcurrentBag<Statements> _idle = [];
    private volatile bool _disposed;

    /// <summary>Runs <paramref name="read"/> in one transaction: all its statements see the same commit.</summary>
    public T Read<T>(Func<Statements, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_idle.TryTake(out var sql))
            sql = file.OpenReader();
        try
        {
            sql.Execute("BEGIN");
            var result = read(sql);
            sql.Execute("COMMIT");
            Return(sql);
            return result;
        }
        catch
        {
            sql.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var sql))
            sql.Dispose();
    }

    private void Return(Statements sql)
    {
        if (_disposed || _idle.Count >= MaxIdle)
            sql.Dispose();
        else
            _idle.Add(sql);
    }
}
