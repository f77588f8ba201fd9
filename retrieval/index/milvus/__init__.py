"""The backend that stores an index in Milvus: on a server that bots share, or in a file (milvus-lite).

It needs pymilvus, which is imported when a connection is made: `pip install '.[milvus]'`.
"""
