namespace Hybrid.GpuHost.Batching;

/// <summary>Entries in order of arrival. Linked through the entries themselves: nothing is allocated, and one in the middle leaves at once.</summary>
internal sealed class EntryList(int rank, int bucket)
{
    public int Rank => rank;

    public int Bucket => bucket;

    public BatchEntry? First { get; private set; }

    public BatchEntry? Last { get; private set; }

    public void Append(BatchEntry entry)
    {
        entry.List = this;
        entry.Previous = Last;
        if (Last is null)
        {
            First = entry;
        }
        else
        {
            Last.Next = entry;
        }

        Last = entry;
    }

    public void Remove(BatchEntry entry)
    {
        if (entry.Previous is null)
        {
            First = entry.Next;
        }
        else
        {
            entry.Previous.Next = entry.Next;
        }

        if (entry.Next is null)
        {
            Last = entry.Previous;
        }
        else
        {
            entry.Next.Previous = entry.Previous;
        }

        entry.Previous = entry.Next = null;
        entry.List = null;
    }
}
