// Command hello is the least that can be packed.
package main

func main() {}
