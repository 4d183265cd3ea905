using System.Threading.Channels;

namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>
/// The one writer. Whatever waits is written in one transaction, so that a wait for the disk serves many (group commit);
/// each piece of work has its own savepoint and fails alone. Nothing is acknowledged, and the engine hears of nothing, before it is on disk.
/// </summary>
internal sealed class CommitLoop : IAsyncDisposable
{
    /// <summary>Work in one transaction: bounds what a crash can take with it, none of it acknowledged.</summary>
    private const int MaxGroup = 256;

    private readonly Statements _sql;
    private readonly TimeProvider _time;
    private readonly Action? _beforeCommit;
    private readonly Task _loop;

    // Full: callers wait, which slows the dispatchers down to what the disk takes.
    private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(1024) { SingleReader = true });

    /// <param name="beforeCommit">Called at each commit boundary. Tests stop the engine there, as a crash would.</param>
    public CommitLoop(Statements sql, TimeProvider time, Action? beforeCommit)
    {
        _sql = sql;
        _time = time;
        _beforeCommit = beforeCommit;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Hears of each commit, before those who asked for it do. Set it before the first commit.</summary>
    public Action<Changes> Committed { get; set; } = _ => { };

    /// <summary>Runs <paramref name="work"/> in a transaction and returns when that is on disk.</summary>
    /// <exception cref="DurableStoreException">The transaction failed; nothing of it was written.</exception>
    public async Task<T> RunAsync<T>(Func<Commit, T> work, CancellationToken cancellationToken = default)
    {
        var pending = new Work<T>(work);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new DurableStoreException("The durable engine is stopped.");
        }
        return await pending.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        _sql.Dispose();
    }

    private async Task RunAsync()
    {
        var group = new List<Work>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MaxGroup && _queue.Reader.TryRead(out var work))
                group.Add(work);
            Write(group);
        }
    }

    private void Write(List<Work> group)
    {
        var all = new Changes();
        try
        {
            _sql.Execute("BEGIN IMMEDIATE");
            foreach (var work in group)
                WriteOne(work, all);
            _beforeCommit?.Invoke();
            _sql.Execute("COMMIT");
        }
        catch (Exception failure)
        {
            RollBack();
            var reported = new DurableStoreException($"A commit to the durable database failed: {failure.Message}", failure);
            foreach (var work in group)
                work.Fail(reported);
            return;
        }
        Committed(all);
        foreach (var work in group)
            work.Complete();
    }

    private void WriteOne(Work work, Changes all)
    {
        var changes = new Changes();
        _sql.Execute("SAVEPOINT work");
        if (work.Run(new Commit(_sql, changes, _time.GetUtcNow().UtcDateTime)))
            all.Add(changes);
        else
            _sql.Execute("ROLLBACK TO work");
        _sql.Execute("RELEASE work");
    }

    private void RollBack()
    {
        try
        {
            _sql.Execute("ROLLBACK");
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // SQLite has rolled back by itself (a full disk, for one): there is no transaction left to end.
        }
    }

    private abstract class Work
    {
        /// <returns>False when the work itself failed: its part of the transaction is undone.</returns>
        public abstract bool Run(Commit commit);

        public abstract void Complete();

        public abstract void Fail(Exception failure);
    }

    private sealed class Work<T>(Func<Commit, T> work) : Work
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private Exception? _failure;

        public Task<T> Task => _done.Task;

        public override bool Run(Commit commit)
        {
            try
            {
                _result = work(commit);
                return true;
            }
            catch (Exception failure)
            {
                _failure = failure;
                return false;
            }
        }

        public override void Complete()
        {
            if (_failure is null)
                _done.TrySetResult(_result);
            else
                _done.TrySetException(_failure);
        }

        public override void Fail(Exception failure) => _done.TrySetException(_failure ?? failure);
    }
}
